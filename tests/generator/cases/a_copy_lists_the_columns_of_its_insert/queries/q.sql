-- name: all_columns :copy
INSERT INTO "Odd Table" VALUES (:number, :tag);

-- name: in_another_order :copyfrom
INSERT INTO public."Odd Table" AS t ("b c", "select") VALUES ($2, $1);

-- name: one_column :copy
INSERT INTO log(message)VALUES(:message);

-- name: the_same_twice :copy
INSERT INTO "Odd Table" ("b c", "select") VALUES (:tag, :number?);
