-- The telephone on a desk, to which callers are put through: an extension of the city's PBX, or a SIP address.
ALTER TABLE desk ADD COLUMN extension text CHECK (extension <> '');
