-- A table's key: a stamp of 28 bytes, of which 12 say in which run of the database server's life it was made; then
-- ';h' with the transaction up to which all must have ended before anything is kept ('?': nobody has asked yet), and
-- a ';m' for each transaction that is about to be committed. A stamp alone is what readers look for.
local STAMP = 28
local ORIGIN = 12

local function is_older(value, other)
    for at = 1, ORIGIN do
        local a, b = string.byte(value, at), string.byte(other, at)
        if a ~= b then
            return a < b
        end
    end
    return false
end

-- The new stamp; of two runs of the server's life, the later one counts.
local function stamped(value, stamp)
    if value and is_older(stamp, value) then
        return string.sub(value, 1, ORIGIN) .. string.sub(stamp, ORIGIN + 1)
    end
    return stamp
end

local function rest_of(value)
    return string.sub(value, STAMP + 1)
end
