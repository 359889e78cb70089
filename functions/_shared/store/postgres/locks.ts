/** Advisory locks are numbers, a database's own; these are odd enough to be nobody else's. */
export const locks = {
  migrations: 7_311_840_001,
  partitions: 7_311_840_003,
  maintenance: 7_311_840_004,
};
