# vi
