"""Reading procedures that others wrote: the national portal's record and catalogues of one JSON object a line."""
