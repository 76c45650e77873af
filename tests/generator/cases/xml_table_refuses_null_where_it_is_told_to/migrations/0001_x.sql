-- needs xml
CREATE TABLE t (x xml);
INSERT INTO t VALUES ('<r><i><b>1</b></i></r>'), (NULL);
