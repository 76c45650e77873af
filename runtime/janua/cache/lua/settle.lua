-- ARGV: the stamp that the key had, an id that is higher than those of all before, or '' where all have ended, milliseconds. Returns the value.
local value = redis.call('GET', KEYS[1])
if not value or string.sub(value, 1, STAMP) ~= ARGV[1] then
    return value
end
local rest = rest_of(value)
if ARGV[2] ~= '' and rest == ';h?' then
    value = ARGV[1] .. ';h' .. ARGV[2]
elseif ARGV[2] == '' and string.match(rest, '^;h%d+$') then
    value = ARGV[1]
else
    return value
end
redis.call('SET', KEYS[1], value, 'PX', ARGV[3])
return value
