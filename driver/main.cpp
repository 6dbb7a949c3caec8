// The command `snnc`.
#include "driver/tool.h"

int main(int count, char** arguments) { return snnc::driver::run_tool(count, arguments); }
