"""What datasets hold: schemas, tables, imports, exports and events."""
