#include "runtime/threads.h"

#include <snnc/threads.h>

namespace snnc::api {

void use_host_threads(HostThreads host) { runtime::use_host_threads(host); }

}  // namespace snnc::api
