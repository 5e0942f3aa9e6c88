// The headers' static assertions are checked here for every target that links the format.
#include "pith.h"
