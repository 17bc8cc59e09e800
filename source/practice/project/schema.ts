export const SCHEMA = `// The migrations are what counts; this says the same for Prisma's client.
generator client {
  provider = "prisma-client-js"
}

datasource db {
  provider   = "postgresql"
  url        = env("DATABASE_URL")
  extensions = [citext]
}

enum UserRole {
  PLAYER
  MODERATOR
  ADMIN
}

enum GameStatus {
  WAITING
  ACTIVE
  COMPLETED
  ABANDONED
}

enum BoardType {
  SQUARE5
  SQUARE8
  HEXAGONAL
}

model User {
  id           String    @id
  email        String    @unique @db.Citext
  username     String    @unique
  passwordHash String
  role         UserRole  @default(PLAYER)
  rating       Int       @default(1200)
  preferences  Json      @default("{}")
  createdAt    DateTime  @default(now())
  deletedAt    DateTime?

  @@map("users")
}

model Game {
  id          String     @id
  matchNumber BigInt     @unique @default(autoincrement())
  boardType   BoardType  @default(SQUARE5)
  status      GameStatus @default(WAITING)
  player1Id   String
  player2Id   String
  winnerId    String?
  isRated     Boolean    @default(true)
  state       Json       @db.Json
  createdAt   DateTime   @default(now())
  endedAt     DateTime?
  moves       Move[]

  @@index([status, createdAt])
  @@map("games")
}

model Move {
  id         String   @id
  gameId     String
  playerId   String
  moveNumber Int
  position   Json
  createdAt  DateTime @default(now())
  game       Game     @relation(fields: [gameId], references: [id], onDelete: Cascade)

  @@unique([gameId, moveNumber])
  @@map("moves")
}

model Session {
  tokenHash Bytes    @id
  userId    String
  createdAt DateTime @default(now())
  expiresAt DateTime

  @@index([userId])
  @@map("sessions")
}

model PasswordReset {
  tokenHash Bytes     @id
  userId    String
  expiresAt DateTime
  usedAt    DateTime?

  @@map("password_resets")
}
`;
