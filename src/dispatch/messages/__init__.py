"""One issue for one person: personalised, addressed, with its headers, as bytes."""
