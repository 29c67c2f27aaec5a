"""Each change of the tables, one file each, never edited afterwards."""
