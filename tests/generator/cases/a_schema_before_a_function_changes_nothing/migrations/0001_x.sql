CREATE SCHEMA other;
CREATE TABLE hits (id int PRIMARY KEY, page text);
CREATE FUNCTION other.hit_count() RETURNS bigint STABLE LANGUAGE sql AS $$ SELECT count(*) FROM public.hits $$;
CREATE FUNCTION page_or(fallback text) RETURNS text STABLE LANGUAGE sql AS $$ SELECT coalesce(max(page), '') FROM public.hits $$;
CREATE FUNCTION other.lower(text) RETURNS text IMMUTABLE LANGUAGE sql AS $$ SELECT NULL::text $$;
CREATE FUNCTION last_page() RETURNS text STABLE LANGUAGE sql AS $$ SELECT page FROM public.hits $$;
INSERT INTO hits VALUES (1, NULL);
