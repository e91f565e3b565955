// Marks what libpa exports: everything else in it is hidden.
#ifndef PA_EXPORT_H
#define PA_EXPORT_H

#if defined(__GNUC__)
#define PA_API __attribute__((visibility("default")))
#else
#define PA_API
#endif

#endif
