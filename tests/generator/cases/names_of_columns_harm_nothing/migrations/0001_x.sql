CREATE TABLE odd (
    "limit" int, "after" int, db int, "DB" int, "select" text, "a.b" text, "x""; DROP TABLE odd; --" text, "new
line" text, "Größe" text, "a·b" text, "total!" text, "%s" text, ":name" text, "$1" text, self text, "UNSET" text,
    PRIMARY KEY ("limit", "after"),
    UNIQUE (db), UNIQUE ("DB"), UNIQUE ("new
line")
);
CREATE TABLE "odd; DROP TABLE odd" (id int PRIMARY KEY, "limit" int, "after" int, FOREIGN KEY ("limit", "after") REFERENCES odd);
CREATE TABLE "Ends with */ and $$ and ''" ("a`b" int PRIMARY KEY, "c
-- d" int UNIQUE);
