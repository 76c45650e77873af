-- ARGV: a new stamp, the mark, milliseconds. A key that was lost may have lost marks of others, too.
local value = redis.call('GET', KEYS[1])
local rest = value and not is_older(value, ARGV[1]) and rest_of(value) or ';h?'
if not string.find(rest, ARGV[2], 1, true) then
    rest = rest .. ARGV[2]
end
redis.call('SET', KEYS[1], stamped(value, ARGV[1]) .. rest, 'PX', ARGV[3])
return 1
