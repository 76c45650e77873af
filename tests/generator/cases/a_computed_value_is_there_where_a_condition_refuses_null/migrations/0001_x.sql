CREATE TABLE parcels (
    id int PRIMARY KEY,
    label text NOT NULL,
    weight int,
    tags text[],
    details jsonb
);
CREATE TABLE stops (
    parcel_id int NOT NULL REFERENCES parcels (id),
    place text NOT NULL,
    note jsonb
);
CREATE FUNCTION sometimes(text) RETURNS text VOLATILE LANGUAGE sql AS
    $$ SELECT CASE WHEN random() < 0.5 THEN $1 END $$;
INSERT INTO parcels VALUES
    (1, 'a', 3, '{x,y}', '{"to": "Bern", "n": 4}'), (2, '', NULL, '{}', '{"to": null}'), (3, 'c', NULL, NULL, NULL);
INSERT INTO stops VALUES (1, 'Basel', '{"at": "noon"}'), (1, 'Olten', NULL), (2, 'Thun', '{}');
