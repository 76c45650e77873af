-- ARGV: in which run of its life the server is, and a random name. Returns the name under which all is kept now: a new
-- one, where the last connection saw another run of another server. Connections look at the key with every round trip.
local value = redis.call('GET', KEYS[1])
if not value or string.sub(value, 33) ~= ARGV[1] then
    value = ARGV[2] .. ARGV[1]
    redis.call('SET', KEYS[1], value)
end
return value
