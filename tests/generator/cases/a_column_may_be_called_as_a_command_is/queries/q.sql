-- name: by_lock
SELECT lock AS name, count(*) AS jobs, sum(drop) AS dropped FROM jobs GROUP BY lock, revoke;

-- name: revoked
SELECT j.id, lock, "Lock", rollback.if FROM jobs j LEFT JOIN rollback ON job_id = j.id AND NOT revoke;

-- name: locked
SELECT LOCK, drop FROM jobs WHERE lock IS NOT NULL GROUP BY LOCK, DROP;

-- name: revoke_job
UPDATE jobs SET revoke = true, drop = :times WHERE id = :id RETURNING revoke;
