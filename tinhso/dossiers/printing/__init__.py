"""Papers set by Typst: the forms of the one-stop office and the results that leaders sign."""
