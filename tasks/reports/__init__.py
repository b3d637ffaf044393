"""What people read: the site and the workbook."""
