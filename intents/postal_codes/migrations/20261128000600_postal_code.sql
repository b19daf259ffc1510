-- Postal codes and their towns, from Japan Post's file.
CREATE TABLE postal_code (
    city_id text NOT NULL REFERENCES city,
    code    text NOT NULL CHECK (code ~ '^[0-9]{7}$'),
    town    text NOT NULL,
    PRIMARY KEY (city_id, code)
);
SELECT city_table('postal_code');
