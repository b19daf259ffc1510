-- Evacuation shelters (指定避難所) and emergency evacuation sites (指定緊急避難場所).
CREATE TABLE shelter (
    city_id    text NOT NULL REFERENCES city,
    shelter_id text NOT NULL,
    name       text NOT NULL,
    kana       text NOT NULL DEFAULT '',
    address    text NOT NULL DEFAULT '',
    lat        double precision NOT NULL,
    lng        double precision NOT NULL,
    -- For nearest-first search on the index: longitude shrunk so that a unit is about as long both ways in Japan
    -- (cos 35°). Exact distances are computed from lat and lng for the few that come back.
    pos        point GENERATED ALWAYS AS (point(lng * 0.819, lat)) STORED,
    -- site (somewhere to flee to), shelter (somewhere to stay), both, or welfare (福祉避難所).
    kind       text NOT NULL CHECK (kind IN ('site', 'shelter', 'both', 'welfare')),
    capacity   int CHECK (capacity >= 0),
    pets       boolean,
    wheelchair boolean,
    -- A bit for each hazard in which it can be used: 1 flood, 2 landslide, 4 storm surge, 8 earthquake, 16 tsunami,
    -- 32 fire, 64 inland flood, 128 volcano. Null: not stated.
    hazards    int,
    note       text NOT NULL DEFAULT '',
    as_of      date,
    PRIMARY KEY (city_id, shelter_id)
);
SELECT city_table('shelter');
CREATE INDEX shelter_near ON shelter USING gist (city_id, pos);

-- How it is now. No row: not opened.
CREATE TABLE shelter_status (
    city_id    text NOT NULL,
    shelter_id text NOT NULL,
    state      text NOT NULL CHECK (state IN ('closed', 'open', 'full')),
    people     int CHECK (people >= 0),
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (city_id, shelter_id),
    FOREIGN KEY (city_id, shelter_id) REFERENCES shelter ON DELETE CASCADE
);
SELECT city_table('shelter_status');
