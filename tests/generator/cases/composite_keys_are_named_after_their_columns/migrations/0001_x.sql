CREATE TABLE tenants (id int PRIMARY KEY);
CREATE TABLE people (tenant_id int REFERENCES tenants, id int, "Nick Name" text NOT NULL, PRIMARY KEY (tenant_id, id), UNIQUE ("Nick Name", tenant_id));
CREATE TABLE memberships (tenant_id int, person_id int, "group" text, PRIMARY KEY (tenant_id, person_id, "group"),
    FOREIGN KEY (tenant_id, person_id) REFERENCES people);
CREATE TABLE badges (code text PRIMARY KEY, tenant_id int, person_id int, "group" text,
    FOREIGN KEY (tenant_id, person_id, "group") REFERENCES memberships);
