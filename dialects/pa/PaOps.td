//===- PaOps.td - everything, for TableGen --------------------------------===//
include "dialects/pa/PaTileOps.td"
