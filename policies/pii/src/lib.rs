//! Personal data: names of people aside, what identifies a person by number or address.
