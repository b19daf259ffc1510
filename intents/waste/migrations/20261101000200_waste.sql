-- Waste: what goes where, and when it is collected. Follows the files of 5374.jp.
CREATE TABLE waste_type (
    city_id     text NOT NULL REFERENCES city,
    name        text NOT NULL,
    -- How to put it out.
    description text NOT NULL DEFAULT '',
    frequency   text NOT NULL DEFAULT '',
    PRIMARY KEY (city_id, name)
);
SELECT city_table('waste_type');

CREATE TABLE waste_item (
    city_id text NOT NULL REFERENCES city,
    item_id text NOT NULL,
    name    text NOT NULL,
    kana    text NOT NULL DEFAULT '',
    type    text NOT NULL,
    notice  text NOT NULL DEFAULT '',
    PRIMARY KEY (city_id, item_id)
);
SELECT city_table('waste_item');

CREATE TABLE waste_area (
    city_id text NOT NULL REFERENCES city,
    area_id text NOT NULL,
    name    text NOT NULL,
    center  text NOT NULL DEFAULT '',
    -- {"type": "collection days as written"}; the writing is read by waste/days.rs.
    days    jsonb NOT NULL,
    PRIMARY KEY (city_id, area_id)
);
SELECT city_table('waste_area');

-- When a centre does not collect: New Year and the like, both ends included.
CREATE TABLE waste_closure (
    city_id   text NOT NULL REFERENCES city,
    center    text NOT NULL,
    from_date date NOT NULL,
    to_date   date NOT NULL CHECK (to_date >= from_date),
    PRIMARY KEY (city_id, center, from_date)
);
SELECT city_table('waste_closure');
