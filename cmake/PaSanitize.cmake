# PA_SANITIZE=address,undefined (preset asan). LLVM is built without RTTI, hence no vptr check; it is built without
# sanitizers too, and its allocators would then poison memory on one side only, hence the option below.
set(PA_SANITIZE "" CACHE STRING "sanitizers for our own code, as in -fsanitize=")
if(PA_SANITIZE)
  add_compile_options(-fsanitize=${PA_SANITIZE} -fno-sanitize=vptr -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${PA_SANITIZE})
endif()
