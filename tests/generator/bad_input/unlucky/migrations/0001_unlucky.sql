-- UP
CREATE SCHEMA other;
CREATE SCHEMA models;
CREATE SCHEMA class;
CREATE SCHEMA "Odd Schema";

CREATE TYPE mood AS ENUM (
    '', 'a b', '1st', 'it''s', 'say "hi"', 'back\slash', 'None', 'mro', 'name', 'value', '_x_', '__y__', '_z', 'class',
    'é', 'past due', 'past-due', 'past_due', 'E', '_missing_', 'encode', 'A', 'a', '___', '日本', E'two\nlines', 'title',
    '_name_', '_value_', '__doc__', '_generate_next_value_', '_ignore_', '_order_', 'self', 'cls', '"""', 'trailing\'
);
COMMENT ON TYPE mood IS E'\\N{BULLET} \\x41 {{ jinja }} {% x %} """ and a backslash \\';

CREATE TYPE other.mood AS ENUM ('x', 'y');
CREATE TYPE models.kind AS ENUM ('k');
CREATE TYPE class.kind AS ENUM ('c');
CREATE TYPE "Odd Schema"."Odd Type" AS ENUM ('o');

CREATE DOMAIN feeling AS mood;
CREATE DOMAIN deep_feeling AS feeling CHECK (length(VALUE::text) < 100);
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE TYPE inner_value AS (m mood, ms mood[], "with blank" int, "class" text);
CREATE TYPE outer_value AS (i inner_value, "is" inner_value[], d positive, ds positive[], "InnerValue" inner_value);
CREATE TYPE other.pair AS (m public.mood, o other.mood);
CREATE TYPE time_range AS RANGE (subtype = time);
CREATE TYPE mood_range AS RANGE (subtype = mood);

CREATE TABLE unlucky_columns (
    date date NOT NULL,
    db text,
    class text,
    self text,
    id int PRIMARY KEY,
    str text NOT NULL,
    int int NOT NULL,
    list text[],
    type text,
    "Sequence" text,
    field text,
    annotations text,
    "with blank" text,
    "with-blank" text,
    "Ünïcode" text,
    "$x" text,
    "1st" text,
    _b text,
    b text,
    datetime timestamptz,
    uuid uuid,
    bytes bytea,
    "float" float8,
    "bool" bool,
    dataclass int,
    overload int,
    "None" int,
    "match" int,
    print text,
    "object" jsonb,
    _dt date,
    _e mood,
    "TYPES" text,
    __slots__ text,
    __init__ int,
    __class__ int,
    dict int,
    tuple text,
    "列" text,
    "ﬁ" text,
    fi text,
    "quo""te" text,
    "back\slash" text
);

CREATE TABLE models (
    id int PRIMARY KEY,
    m mood,
    d deep_feeling,
    ds feeling[],
    o outer_value,
    os outer_value[],
    t time_range,
    mr mood_range,
    ot other.mood,
    op other.pair,
    ck class.kind,
    mk models.kind,
    odd "Odd Schema"."Odd Type"
);

CREATE TABLE list (id int PRIMARY KEY);
COMMENT ON TABLE list IS 'ends with a quote "';
CREATE TABLE type (id int PRIMARY KEY, list int);
COMMENT ON TABLE type IS E'Über\r\nlines\n\n   indented\n"""';
CREATE TABLE object (id int PRIMARY KEY);
CREATE TABLE "class" (id int);
CREATE TABLE "none" (id int);
CREATE TABLE str (id text);
CREATE TABLE dataclass (id text);
CREATE TABLE "1table" (id int);
CREATE TABLE "Ünï" (id int);
CREATE TABLE "日本" (id int PRIMARY KEY, "列" text);
CREATE TABLE "Order" (id int PRIMARY KEY, "Select" int, "from" int);
CREATE TABLE nothing ();
CREATE TABLE mood_ (id int);
CREATE TABLE users (id int PRIMARY KEY, name text);
COMMENT ON TABLE users IS E'Doc with """ and a trailing backslash \\';
CREATE TABLE "user" (id int PRIMARY KEY);

-- enough columns that what is chosen by them is a variable of its own
CREATE TABLE searches (
    id int PRIMARY KEY, query text, query_ text, rows text, row text, sets text, "limit" int, "after" int, key text, args text
);

CREATE TABLE other.users (id int PRIMARY KEY, m public.mood, o other.mood, p other.pair, u public.users);
CREATE TABLE models.users (id int PRIMARY KEY, k models.kind, ck class.kind);
CREATE TABLE class.things (id int PRIMARY KEY, o other.users);
CREATE TABLE "Odd Schema"."Odd Table" (id int PRIMARY KEY, m mood, "Odd Col" "Odd Schema"."Odd Type");

INSERT INTO users VALUES (1, 'Ann'), (2, NULL);
INSERT INTO other.users VALUES (1, 'a', 'y', ROW ('a', 'x'), ROW (1, 'Ann'));
INSERT INTO models.users VALUES (1, 'k', 'c');
INSERT INTO class.things SELECT 1, whole FROM other.users whole;
INSERT INTO "Odd Schema"."Odd Table" VALUES (1, '', 'o');
INSERT INTO "Order" VALUES (1, 2, 3);
INSERT INTO "日本" VALUES (1, '東京');
INSERT INTO unlucky_columns (date, id, str, int, _e, _dt, list, "with blank", "with-blank", __class__, "ﬁ", fi, "object")
VALUES ('2026-01-02', 1, 'a', 2, '1st', '2026-03-04', '{x,y}', 'blank', 'dash', 7, 'ligature', 'letters', '{"a": [1]}');
