-- Accounts of one human. Each contact keeps a key of its own, so that to join and to part moves no sealed data; contacts with
-- the same person_id (a contact's own id where there is none) are one human.
ALTER TABLE contact ADD COLUMN person_id uuid;
CREATE INDEX contact_person ON contact (city_id, COALESCE(person_id, contact_id));

-- What was joined, and when it was undone.
CREATE TABLE contact_merge (
    city_id     text NOT NULL,
    merge_id    uuid NOT NULL,
    contact_id  uuid NOT NULL,
    from_person uuid NOT NULL,
    to_person   uuid NOT NULL,
    joined_at   timestamptz NOT NULL,
    undone_at   timestamptz,
    PRIMARY KEY (city_id, merge_id),
    FOREIGN KEY (city_id, contact_id) REFERENCES contact
);
SELECT city_table('contact_merge');
CREATE INDEX contact_merge_contact ON contact_merge (city_id, contact_id) WHERE undone_at IS NULL;
