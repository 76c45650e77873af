CREATE TABLE members (id int PRIMARY KEY, name text);
INSERT INTO members VALUES (1, NULL);
CREATE FUNCTION is_member(int) RETURNS boolean STABLE LANGUAGE sql SET search_path = '' AS
    $$ SELECT EXISTS (SELECT FROM public.members WHERE id = $1) $$;
CREATE FUNCTION is_here(int) RETURNS boolean STABLE LANGUAGE sql SET search_path = public AS
    $$ SELECT EXISTS (SELECT FROM members WHERE id = $1) $$;
CREATE FUNCTION first_name() RETURNS text STABLE LANGUAGE sql SET search_path = '' AS
    $$ WITH w AS (SELECT name FROM public.members) SELECT coalesce(min(w.name), '') FROM w $$;
CREATE FUNCTION own_name() RETURNS text STABLE LANGUAGE sql SET search_path = '' AS $$ SELECT min(name) FROM public.members $$;
