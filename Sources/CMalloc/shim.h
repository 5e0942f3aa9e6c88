// mallopt and its parameters, which the Glibc overlay lacks; elsewhere there is nothing of the kind.
#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
