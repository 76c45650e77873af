-- name: the_domain_alone_proves_nothing
SELECT p, q FROM t;

-- name: outer_join
SELECT a.p FROM t b LEFT JOIN t a ON false;

-- name: scalar_subquery
SELECT (SELECT p FROM t WHERE false) AS p;

-- name: parameters_of_a_not_null_domain
UPDATE t SET q = :q WHERE id = :id;
