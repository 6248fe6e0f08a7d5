"""The pages: one module and one function `page` each."""
