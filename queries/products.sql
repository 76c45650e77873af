-- name: get_product_by_sku :optional
-- The product with this SKU, on sale or not.
-- @replica fresh
SELECT * FROM products WHERE sku = sqlc.arg(sku);

-- name: list_products_on_sale
-- What can be bought on a day, the cheapest first.
-- @cache 5min stale 30s
-- @replica
SELECT id, sku, name, price, currency, billed_every, trial_period, features
FROM products
WHERE available @> sqlc.arg(day)::date
ORDER BY price, name;

-- name: search_products
-- Products whose name or description has these words, the best match first, with the words marked.
-- @replica
SELECT
    p.id,
    p.sku,
    p.name,
    ts_headline('english', coalesce(p.description, p.name), q.query) AS "headline!",
    ts_rank(p.search, q.query) AS rank
FROM products p
CROSS JOIN websearch_to_tsquery('english', sqlc.arg(words)) AS q (query)
WHERE p.search @@ q.query
ORDER BY rank DESC, p.sku
LIMIT sqlc.arg(max_results);

-- name: save_product :one
-- A product by its SKU: made, or changed to this.
INSERT INTO products (sku, name, description, price, currency, billed_every, seats, available, trial_period, features)
VALUES (
    sqlc.arg(sku),
    sqlc.arg(name),
    sqlc.narg(description),
    sqlc.arg(price),
    sqlc.arg(currency),
    sqlc.arg(billed_every),
    sqlc.arg(seats),
    sqlc.narg(available),
    sqlc.narg(trial_period),
    sqlc.arg(features)
)
ON CONFLICT (sku) DO UPDATE
SET name = EXCLUDED.name,
    description = EXCLUDED.description,
    price = EXCLUDED.price,
    currency = EXCLUDED.currency,
    billed_every = EXCLUDED.billed_every,
    seats = EXCLUDED.seats,
    available = EXCLUDED.available,
    trial_period = EXCLUDED.trial_period,
    features = EXCLUDED.features
RETURNING id, created_at, updated_at;

-- name: quote_price
-- What so many seats cost a year, or None where the product is unknown or not sold in that number.
SELECT
    p.id,
    p.currency,
    sqlc.arg(seats)::integer * p.price * CASE p.billed_every WHEN 'month' THEN 12 ELSE 1 END AS yearly_price
FROM products p
WHERE p.sku = sqlc.arg(sku) AND p.seats @> sqlc.arg(seats);

-- name: list_product_features
-- Each feature with the products that include it.
-- @replica
SELECT f.feature, array_agg(p.sku ORDER BY p.sku) AS skus
FROM products p
CROSS JOIN LATERAL jsonb_array_elements_text(p.features) AS f (feature)
WHERE f.feature IS NOT NULL
GROUP BY f.feature
ORDER BY f.feature;

-- name: change_prices :batch
-- The products with their new prices, None for each SKU that there is not; all prices change or none.
UPDATE products SET price = sqlc.arg(price) WHERE sku = sqlc.arg(sku) RETURNING sku, price;
