// Where this library lies, or the tool that it is part of: what belongs to it is looked for from there, never by a
// search path.
#ifndef PA_RUNTIME_DEVICE_OWNFOLDER_H
#define PA_RUNTIME_DEVICE_OWNFOLDER_H

#include <string>
#include <vector>

namespace pa {

std::string ownFolder();
// The first of the files, given from the own folder, that can be accessed in this way (access(2)); or "".
std::string besides(const std::vector<std::string> &files, int mode);

} // namespace pa

#endif
