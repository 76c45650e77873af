"""What the syntax tree tells: nullability, cardinality, parameters, tables read and written."""
