"""What people see: the only importer of Rich and matplotlib."""
