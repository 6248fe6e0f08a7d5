"""Workbooks of large tables: cells.py makes their cells, parts.py what stands around them, write.py the file."""
