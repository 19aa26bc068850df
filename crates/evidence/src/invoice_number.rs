//! Invoice numbers as their suppliers write them, and as people mistype them.
