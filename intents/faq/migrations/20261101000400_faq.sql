-- The city's answers.
CREATE TABLE faq (
    city_id    text NOT NULL REFERENCES city,
    entry_id   text NOT NULL,
    question   text NOT NULL,
    answer     text NOT NULL,
    -- Other ways to ask, separated by |.
    also       text NOT NULL DEFAULT '',
    keywords   text NOT NULL DEFAULT '',
    desk_id    text,
    source     text,
    updated_on date,
    -- The last day on which it is true.
    expires_on date,
    topic      text NOT NULL DEFAULT '',
    PRIMARY KEY (city_id, entry_id)
);
SELECT city_table('faq');
