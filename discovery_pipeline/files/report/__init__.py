"""The assessment for people: the page, the workbook, and what both start from. Its face is files.reports."""
