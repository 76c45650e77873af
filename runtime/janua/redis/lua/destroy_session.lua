-- ARGV: the user that it must belong to, or nothing where that does not matter. Returns how many sessions that ended.
local user = redis.call('HGET', KEYS[1], 'user')
if not user or (ARGV[1] and ARGV[1] ~= user) then
    return 0
end
remove(KEYS[1], user)
return 1
