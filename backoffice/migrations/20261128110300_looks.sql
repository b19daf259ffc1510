-- A second look at a person under protection: who has given a reason may see them for a while.
CREATE TABLE staff_look (
    city_id         text NOT NULL,
    staff_id        uuid NOT NULL,
    conversation_id uuid NOT NULL,
    until           timestamptz NOT NULL,
    PRIMARY KEY (city_id, staff_id, conversation_id),
    FOREIGN KEY (city_id, staff_id) REFERENCES staff ON DELETE CASCADE,
    FOREIGN KEY (city_id, conversation_id) REFERENCES conversation
);
SELECT city_table('staff_look');

-- The record is kept for years, not for ever. A line younger than a year goes for nobody; older ones go by this function alone,
-- which leaves a line of its own.
CREATE OR REPLACE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.at < now() - interval '1 year' AND current_setting('app.audit_purge', true) = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the audit log is append-only';
END $$;
CREATE FUNCTION audit_purge(before timestamptz, line uuid, moment timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE gone bigint;
BEGIN
    PERFORM set_config('app.audit_purge', 'on', true);
    DELETE FROM audit WHERE city_id = current_setting('app.city', true) AND at < before;
    GET DIAGNOSTICS gone = ROW_COUNT;
    PERFORM set_config('app.audit_purge', 'off', true);
    IF gone > 0 THEN
        INSERT INTO audit (city_id, audit_id, at, action, detail) VALUES (current_setting('app.city', true), line, moment, 'retention', gone::text);
    END IF;
    RETURN gone;
END $$;
REVOKE ALL ON FUNCTION audit_purge(timestamptz, uuid, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_purge(timestamptz, uuid, timestamptz) TO madoguchi_app;
