-- A resident may take back what was handed in as long as nobody has taken it up.
ALTER TABLE submission ADD COLUMN withdrawn_at timestamptz;
