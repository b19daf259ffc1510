-- What is not on line yet: which desk, which page, and what a resident can do today.
CREATE TABLE guide (
    city_id text NOT NULL REFERENCES city,
    intent  text NOT NULL,
    desk_id text,
    page    text,
    body    text NOT NULL,
    PRIMARY KEY (city_id, intent)
);
SELECT city_table('guide');
