// The command line from end to end: reads it, runs the verb, turns every failure into a message and
// an exit code.
#pragma once

namespace snnc::driver {

/// Never throws. Returns the exit code of cli.md.
int run_tool(int count, const char* const* arguments);

}  // namespace snnc::driver
