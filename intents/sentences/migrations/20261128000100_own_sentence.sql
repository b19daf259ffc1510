-- Sentences that a city's staff added: what is said like one of them means its intent.
CREATE TABLE own_sentence (
    city_id text NOT NULL REFERENCES city,
    said    text NOT NULL,
    intent  text NOT NULL,
    PRIMARY KEY (city_id, said)
);
SELECT city_table('own_sentence');
