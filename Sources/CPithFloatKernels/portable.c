// Four lanes: what every 64-bit target has without asking.
#define LANES 4
#define VECTORS 2
#define TARGET
#define SET(name) pith_float_portable_##name
#define SET_NAME "portable"
#include "table.h"
