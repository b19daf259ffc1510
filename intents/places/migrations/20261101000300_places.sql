-- Places in the city: public offices, AEDs, clinics, parks ... and the towns that addresses lead to.
CREATE TABLE place (
    city_id    text NOT NULL REFERENCES city,
    place_id   text NOT NULL,
    category   text NOT NULL,
    name       text NOT NULL,
    kana       text NOT NULL DEFAULT '',
    address    text NOT NULL DEFAULT '',
    lat        double precision NOT NULL,
    lng        double precision NOT NULL,
    -- As in the table shelter.
    pos        point GENERATED ALWAYS AS (point(lng * 0.819, lat)) STORED,
    phone      text,
    -- Opening hours and closed days in the grammar of model::Hours.
    hours      text NOT NULL DEFAULT '',
    closed     text NOT NULL DEFAULT '',
    wheelchair boolean,
    note       text NOT NULL DEFAULT '',
    url        text,
    as_of      date,
    PRIMARY KEY (city_id, place_id)
);
SELECT city_table('place');
CREATE INDEX place_near ON place USING gist (city_id, category, pos);

CREATE TABLE town (
    city_id      text NOT NULL REFERENCES city,
    municipality text NOT NULL,
    name         text NOT NULL,
    lat          double precision NOT NULL,
    lng          double precision NOT NULL,
    PRIMARY KEY (city_id, municipality, name)
);
SELECT city_table('town');
