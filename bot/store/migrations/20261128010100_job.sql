-- Work that is due later: a reminder, a purge, a call to an outer system. One row a (city, kind, key): to schedule it again
-- moves it. The row goes in the same commit as the job's effect.
CREATE TABLE job (
    city_id     text NOT NULL REFERENCES city,
    kind        text NOT NULL,
    -- What of its kind it is about: an id, never a name or a number of somebody.
    key         text NOT NULL,
    -- By the product's clock.
    due_at      timestamptz NOT NULL,
    payload     jsonb NOT NULL DEFAULT 'null',
    attempts    smallint NOT NULL DEFAULT 0,
    lease_token uuid,
    -- By the database's clock. Nobody takes the job before: it is being run, pauses after a failure, or is held for a session
    -- that does its own jobs.
    lease_until timestamptz,
    -- Why it went wrong last.
    failure     text,
    -- Given up; kept with its reason until it is scheduled again.
    dead_at     timestamptz,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (city_id, kind, key)
);
SELECT city_table('job');
CREATE INDEX job_due ON job (due_at) WHERE dead_at IS NULL;
CREATE POLICY queue ON job TO madoguchi_queue USING (true);
GRANT SELECT (city_id, kind, key, due_at, attempts, lease_token, lease_until, dead_at),
      UPDATE (attempts, lease_token, lease_until) ON job TO madoguchi_queue;

-- Whether more than conversations is sealed with the contact's key: requests that were handed in. Such a key outlives the
-- conversations. Of those that are there already nobody knows.
ALTER TABLE contact ADD COLUMN seals_more boolean NOT NULL DEFAULT true;
ALTER TABLE contact ALTER COLUMN seals_more SET DEFAULT false;
