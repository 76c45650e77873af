-- UP
ALTER TYPE login_outcome ADD VALUE 'blocked_network';

-- DOWN
-- A label cannot be dropped: the type is made anew without it, and the attempts that have it go.
DELETE FROM login_attempts WHERE outcome = 'blocked_network';

ALTER TYPE login_outcome RENAME TO login_outcome_before;
CREATE TYPE login_outcome AS ENUM ('success', 'unknown_user', 'wrong_password', 'wrong_code', 'locked');
ALTER TABLE login_attempts ALTER COLUMN outcome TYPE login_outcome USING outcome::text::login_outcome;
DROP TYPE login_outcome_before;
