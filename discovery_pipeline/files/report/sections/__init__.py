"""One module per section of the page: what its template of the same name shows. Keep out: markup of whole sections."""
